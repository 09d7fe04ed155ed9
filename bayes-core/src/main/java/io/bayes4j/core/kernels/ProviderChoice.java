package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Context;
import java.util.Comparator;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which provider computes: the best on the class path that can serve the machine, chosen when first
 * asked for, or the one that a piece of work wants.
 */
final class ProviderChoice {
  /** Set for a piece of work that wants another provider, or another precision of it. */
  private static final Context.Key<KernelProvider> OVERRIDE = Context.inherited();

  private ProviderChoice() {}

  /** Chosen by whoever first needs it, since a choice is logged. */
  private static final class Best {
    static final KernelProvider PROVIDER = choose();
  }

  static KernelProvider now() {
    KernelProvider override = OVERRIDE.get();
    return override == null ? Best.PROVIDER : override;
  }

  /** Runs a piece of work of this thread on a given provider. */
  static <T> T with(KernelProvider provider, Supplier<T> work) {
    KernelProvider before = OVERRIDE.get();
    if (provider == before) {
      return work.get();
    }
    OVERRIDE.set(provider);
    try {
      return work.get();
    } finally {
      OVERRIDE.set(before);
    }
  }

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
