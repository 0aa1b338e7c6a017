"""The page of the served app."""

import streamlit as st

st.title("Behind the gate")
st.file_uploader("A file")
