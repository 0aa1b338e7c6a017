"""The AI-use policy: its versions, who acknowledged them, and the first steps of new people."""
