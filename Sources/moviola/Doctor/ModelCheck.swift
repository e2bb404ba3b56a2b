import Models
import Rendering

/// Every model that is found: whether its parts are there and belong together, and what is known of its files.
struct ModelCheck: Check {
  let registry: ModelRegistry

  func findings() -> [Finding] {
    do {
      return try registry.find().map(Self.finding)
    } catch {
      return [.fail("model", error.what, error.remedy ?? "moviola models says more")]
    }
  }

  private static func finding(_ model: FoundModel) -> Finding {
    let what = "\(model.name): \(model.variant ?? model.format), \(Units.bytes(model.bytes))"
    return switch model.health {
    case .sound(let date): .ok("model", "\(what); verified \(ModelTable.day(date))")
    case .unverified: .ok("model", "\(what); opens, its values are not yet verified")
    case .changed(let file, let since):
      .warn(
        "model", "\(what); \(file) has changed since \(ModelTable.day(since))", "moviola models verify \(model.name)")
    case .damaged(let why): .fail("model", "\(model.name): \(why)", "moviola models verify \(model.name) says more")
    }
  }
}
