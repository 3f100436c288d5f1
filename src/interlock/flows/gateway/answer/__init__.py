"""An upstream's answer on its way back."""
