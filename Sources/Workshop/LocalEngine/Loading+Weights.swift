import Checkpoints
import Rendering

extension PhaseMemory {
  /// What a part's weights may take, with its loading reported.
  func residency(_ component: Component, bytes: Int, _ listener: Denoiser.Listener) -> Residency {
    let loading = listener.loading
    loading(Loading(component: component, bytesDone: 0, bytesTotal: bytes))
    return Residency(keptLayers: keptLayers, dropsCache: dropsCache) { progress in
      loading(
        Loading(
          component: component, bytesDone: progress.bytesDone, bytesTotal: progress.bytesTotal,
          bytesPerSecond: progress.rate))
    }
  }
}
