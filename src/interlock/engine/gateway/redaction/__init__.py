"""Personal data in text: finding it, taking it out under pseudonyms, putting it back into the answer."""
