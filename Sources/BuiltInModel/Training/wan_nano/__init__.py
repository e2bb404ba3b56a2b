"""The recipe of wan-nano: a procedural world, and the training of a toy Wan 2.2 on it."""
