// WanModel
