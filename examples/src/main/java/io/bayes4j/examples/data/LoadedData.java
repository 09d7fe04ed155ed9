package io.bayes4j.examples.data;

import java.util.List;

/**
 * Everything that the digit example is trained and judged on, and where it came from.
 *
 * @param train labelled digits to learn from
 * @param validation labelled digits to choose settings by
 * @param test labelled digits to report on
 * @param outOfDistribution images that are no digits, about which a good network is unsure; at
 *     least one set
 * @param description one sentence for people: which data, and from where
 * @param licence one line: who made the data and under which licence
 * @param notes what else people should know, such as why a download failed; may be empty
 */
public record LoadedData(
    ImageSet train,
    ImageSet validation,
    ImageSet test,
    List<ImageSet> outOfDistribution,
    String description,
    String licence,
    List<String> notes) {

  /** Copies the lists. */
  public LoadedData {
    outOfDistribution = List.copyOf(outOfDistribution);
    notes = List.copyOf(notes);
  }
}
