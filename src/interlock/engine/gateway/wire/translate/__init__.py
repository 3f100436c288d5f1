"""From one vendor's format to another's: requests on the way out, answers and streams on the way back."""
