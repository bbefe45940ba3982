"""Scene authoring: what the user asks for in words becomes an instruction, and the instruction a picture."""
