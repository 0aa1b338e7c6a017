"""What several measurements share: corpora, questions, peers, tabs of the app."""
