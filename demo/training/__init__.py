"""Recipes: the data, one file per reader that trains it, and the one that scores them all."""
