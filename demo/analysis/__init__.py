"""Arithmetic on readings: numpy in, numpy out."""
