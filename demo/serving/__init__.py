"""What many people share: the readers side by side, a worker each, and readings that are kept."""
