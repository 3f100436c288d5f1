"""Handing documents to mail, web hooks and chats."""
