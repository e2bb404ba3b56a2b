import BuiltInModel
import Foundation
import Models
import Rendering

extension ModelRegistry {
  /// The models of this user.
  /// - Parameter comfyUI: a folder besides those of the configuration.
  static func live(comfyUI: String? = nil) -> ModelRegistry {
    let environment = ProcessInfo.processInfo.environment
    let home = MoviolaHome(environment: environment)
    var places = ModelSettings.load(home.configFile, environment: environment).places
    if let comfyUI { places.comfyUI.insert(ModelOptions.whole(comfyUI), at: 0) }
    return ModelRegistry(home: home, environment: environment, places: places, builtIn: .ours)
  }

  /// Where the model of a recipe is.
  func location(of recipe: Recipe) -> ModelLocation {
    ModelLocation(path: recipe.model == builtIn.name ? builtIn.path : recipe.model, experts: recipe.experts)
  }

  /// What to know about a model's files before it renders, and the first look at them if there was none.
  func notes(on recipe: Recipe) -> [String] {
    let location = location(of: recipe)
    do {
      try noteUse(of: location)
      switch try health(of: location) {
      case .changed(let file, let since):
        return [
          "\(file) has changed since \(since.formatted(.iso8601.year().month().day())); "
            + "moviola models verify \(recipe.model) looks at it"
        ]
      // What is wrong is told by the render itself, which fails of it, or by verify.
      case .damaged:
        return ["this model was found damaged when it was verified; moviola models verify \(recipe.model) says how"]
      case .sound, .unverified: return []
      }
    } catch {
      return ["nothing is remembered of this model's files: \(Failure(error).sentence)"]
    }
  }
}

extension ModelRegistry.BuiltIn {
  static let ours = ModelRegistry.BuiltIn(name: BuiltInModel.name, path: BuiltInModel.path)
}
