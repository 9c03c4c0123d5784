"""Headline Attention: three AG News classifiers and where each one looked."""
