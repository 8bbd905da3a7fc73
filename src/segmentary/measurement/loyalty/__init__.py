"""Loyalty and satisfaction per segment: NPS, CSAT, repeat rate, share of wallet, retention."""
