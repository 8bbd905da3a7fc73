"""How long customers stay: survival curves and what shortens or lengthens them."""
