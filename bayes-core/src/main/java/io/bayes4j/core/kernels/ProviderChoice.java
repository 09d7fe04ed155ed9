package io.bayes4j.core.kernels;

import java.util.Comparator;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The best provider on the class path that can serve the machine, chosen when first asked for. */
final class ProviderChoice {
  static final KernelProvider BEST = choose();

  private ProviderChoice() {}

  private static KernelProvider choose() {
    // Under the name of the facade, which users know.
    Logger log = LoggerFactory.getLogger(Kernels.class);
    KernelProvider best = Kernels.portable();
    Iterator<KernelProvider> found = ServiceLoader.load(KernelProvider.class).iterator();
    while (found.hasNext()) {
      try {
        KernelProvider next = found.next();
        best =
            Comparator.comparingInt(KernelProvider::priority).compare(next, best) > 0 ? next : best;
      } catch (ServiceConfigurationError e) {
        Throwable why = e.getCause() == null ? e : e.getCause();
        log.warn(
            "A kernel provider on the class path cannot serve this machine: {}", why.toString());
      }
    }
    log.info("Bayes4J computes with {}", best.name());
    return best;
  }
}
