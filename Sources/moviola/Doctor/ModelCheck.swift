import Studio

/// Every model that is found: whether its parts are there, belong together and have the shapes that they should.
struct ModelCheck: Check {
  let finder: ModelFinder

  func findings() -> [Finding] {
    finder.find().map { model in
      switch model.health {
      case .healthy:
        .ok("model", "\(model.title): \(model.type), \(Units.bytes(model.bytes)); headers, names and shapes are right")
      case .damaged(let why):
        .fail("model", "\(model.title): \(why)", "moviola inspect \(model.id) says more; fetch the file again")
      }
    }
  }
}
