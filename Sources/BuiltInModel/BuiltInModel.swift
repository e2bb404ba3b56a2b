// BuiltInModel
