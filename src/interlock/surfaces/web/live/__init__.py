"""What is stopped, told to every open page within a second."""
