package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names of a PyTorch state without what wrappers have put into them: {@code _orig_mod.} of
 * {@code torch.compile}, anywhere; {@code module.} of {@code DataParallel} and {@code model.} of
 * training frameworks, nested or not, before the names.
 */
final class TorchNames {
  private static final String COMPILED = "_orig_mod";
  private static final Set<String> WRAPPERS = Set.of("module", "model");

  private final String prefix;

  /** Names in the file, by the name without wrappers. */
  private final Map<String, String> inFile;

  private final List<String> others;

  private TorchNames(String prefix, Map<String, String> inFile, List<String> others) {
    this.prefix = prefix;
    this.inFile = inFile;
    this.others = others;
  }

  /**
   * Finds the wrappers.
   *
   * @param given names of the file
   * @param wanted names that the model has in PyTorch; the prefix is the one with which most of
   *     them are there, the shortest if there are several
   */
  static TorchNames of(Collection<String> given, Set<String> wanted) {
    Map<String, String> compiled = new LinkedHashMap<>();
    boolean own = wanted.stream().anyMatch(name -> segments(name).contains(COMPILED));
    for (String name : given) {
      String shorter = own ? name : withoutCompiled(name);
      String twice = compiled.put(shorter, name);
      Require.argument(twice == null, "%s and %s must not be the same weights", twice, name);
    }
    String prefix = "";
    long most = -1;
    for (String candidate : prefixes(compiled.keySet())) {
      long found = wanted.stream().filter(name -> compiled.containsKey(candidate + name)).count();
      boolean all = compiled.keySet().stream().allMatch(name -> name.startsWith(candidate));
      if (found > most || (found == most && found == 0 && all)) {
        prefix = candidate;
        most = found;
      }
    }
    return split(prefix, compiled);
  }

  private static TorchNames split(String prefix, Map<String, String> compiled) {
    Map<String, String> inFile = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    compiled.forEach(
        (shorter, name) -> {
          if (shorter.startsWith(prefix)) {
            inFile.put(shorter.substring(prefix.length()), name);
          } else {
            others.add(name);
          }
        });
    return new TorchNames(prefix, inFile, others);
  }

  private static List<String> segments(String name) {
    return List.of(name.split("\\.", -1));
  }

  private static String withoutCompiled(String name) {
    List<String> kept = new ArrayList<>(segments(name));
    kept.removeIf(COMPILED::equals);
    return String.join(".", kept);
  }

  /** What names begin with that may be of wrappers, short ones first; nothing is the first. */
  private static Set<String> prefixes(Set<String> names) {
    Set<String> prefixes = new LinkedHashSet<>();
    prefixes.add("");
    for (String name : names) {
      StringBuilder prefix = new StringBuilder();
      for (String segment : segments(name)) {
        if (!WRAPPERS.contains(segment)) {
          break;
        }
        prefix.append(segment).append('.');
        prefixes.add(prefix.toString());
      }
    }
    return prefixes;
  }

  /** Names in the file, by the name without wrappers, of all that begin as the model's do. */
  Map<String, String> inFile() {
    return inFile;
  }

  /** Names that do not begin as the model's do. */
  List<String> others() {
    return others;
  }

  /** What the file calls, or would call, an array. */
  String shown(String name) {
    return inFile.getOrDefault(name, prefix + name);
  }

  /**
   * What the file puts before the names of the model, quoted from the first of them; or nothing.
   */
  String wrapper() {
    for (Map.Entry<String, String> entry : inFile.entrySet()) {
      if (entry.getValue().endsWith(entry.getKey())) {
        String whole = entry.getValue();
        return whole.substring(0, whole.length() - entry.getKey().length());
      }
    }
    return prefix;
  }
}
