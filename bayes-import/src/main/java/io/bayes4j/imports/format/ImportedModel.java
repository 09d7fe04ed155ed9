package io.bayes4j.imports.format;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import java.util.List;

/**
 * A network read from a file.
 *
 * @param model an ordinary network: to be trained, converted, saved
 * @param format the kind of file, such as "ONNX"
 * @param producer what wrote the file, as far as it says
 * @param inputShape shape that the file declares for the input, -1 where it leaves a length open;
 *     empty if it declares none
 * @param notes what the reader did that the numbers do not show, such as an activation that it took
 *     off the end
 */
public record ImportedModel(
    Layer model, String format, String producer, List<Long> inputShape, List<String> notes) {
  /** Checks and copies the parts. */
  public ImportedModel {
    Require.nonNull(model, "model");
    Require.nonNull(format, "format");
    Require.nonNull(producer, "producer");
    inputShape = List.copyOf(Require.elements(inputShape, "inputShape"));
    notes = List.copyOf(Require.elements(notes, "notes"));
  }

  /** Where the network is from, and the notes, each on a line of its own. */
  @Override
  public String toString() {
    String from = format + (producer.isEmpty() ? "" : " by " + producer);
    String shape = inputShape.isEmpty() ? "" : ", input " + inputShape;
    return from + shape + notes.stream().map(note -> "\n  " + note).reduce("", String::concat);
  }
}
