// Production
