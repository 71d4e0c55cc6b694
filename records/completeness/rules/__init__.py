"""Documentation requirements as people read, write, compare and exchange them."""
