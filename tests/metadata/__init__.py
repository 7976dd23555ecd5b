"""Checks of what Home Assistant and HACS read beside the code: manifest, texts, icons, actions, images, schemas.

The official validator needs the whole of Home Assistant's repository and a container. This one needs neither, and also
compares the texts with the code that asks for them. ``scripts/validate`` runs it.
"""
