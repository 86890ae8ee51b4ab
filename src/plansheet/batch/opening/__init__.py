"""Archives and mails, opened: what is inside, one file after the other. Nothing here writes, and no name is trusted."""
