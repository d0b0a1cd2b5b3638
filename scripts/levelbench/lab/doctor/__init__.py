"""`levelbench doctor`: check whether this machine can give trustworthy results."""
