"""Where and how networks compute; TensorFlow, PyTorch and CUDA are spoken of here."""
