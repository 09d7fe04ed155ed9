package io.bayes4j.layers.train;

import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.loss.Loss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * All that a resumed run must share with its first half to give the numbers of an uninterrupted
 * run, as far as it can be told: seed, data, batches, schedules, optimizer, precision, and layers
 * and loss by their words. A loss that is a lambda has none.
 *
 * @param words everything but the schedules, by name
 * @param learningRate numbers of the schedule
 * @param beta numbers of the schedule
 */
record RunSettings(Map<String, String> words, Curve learningRate, Curve beta) {
  /** How a lambda is called, alone or in the words of a record: another name in each process. */
  private static final Pattern LAMBDA = Pattern.compile("[\\w.$]*\\$\\$Lambda[\\w.$/]*");

  /** What {@link Object#toString} ends in: a number of this process. */
  private static final Pattern IDENTITY = Pattern.compile("@\\p{XDigit}+");

  /** Copies the map. */
  RunSettings {
    words = new LinkedHashMap<>(words);
  }

  /** What differs, as "seed 3 (now 4)". */
  List<String> differences(RunSettings now) {
    List<String> all = new ArrayList<>();
    Map<String, String> rest = new LinkedHashMap<>(now.words);
    words.forEach(
        (name, then) -> {
          String other = rest.remove(name);
          if (!Objects.equals(then, other)) {
            all.add(name + " " + then + " (now " + (other == null ? "none" : other) + ")");
          }
        });
    rest.forEach((name, other) -> all.add(name + " none (now " + other + ")"));
    learningRate.difference("learningRate", now.learningRate).ifPresent(all::add);
    beta.difference("beta", now.beta).ifPresent(all::add);
    return all;
  }

  static String word(Loss loss) {
    String word = word((Object) loss);
    return loss instanceof Enum<?> constant
        ? constant.getDeclaringClass().getSimpleName() + "." + word
        : word;
  }

  /** The layers without children, by path: each a word that says how it was made. */
  static Map<String, String> words(Layer model) {
    Map<String, String> words = new LinkedHashMap<>();
    for (Layers.Located place : Layers.of(model)) {
      Layer layer = place.layer();
      words.put(
          "layer " + (place.path().isEmpty() ? "(root)" : place.path()),
          layer.slots().isEmpty() ? word(layer) : layer.getClass().getSimpleName());
    }
    return words;
  }

  private static String word(Object thing) {
    String words = LAMBDA.matcher(String.valueOf(thing)).replaceAll("lambda");
    return IDENTITY.matcher(words).replaceAll("");
  }
}
