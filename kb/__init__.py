"""News in, a knowledge base out that can be asked who did what to whom, when, and according to whom."""

__version__ = "0.1.0"
