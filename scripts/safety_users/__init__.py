"""Branching users for the danger protocol, and the rows they are judged by."""
