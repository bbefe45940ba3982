"""An editor that paints with a diffusion model, through diffusers."""
