"""One story of a whole account, told again and again: each time another call of disk or network fails."""
