"""The page: its views, the components made of them, and the public endpoints."""
