"""Any number of files at once: from folders, archives and mails, each in a process with walls around it."""
