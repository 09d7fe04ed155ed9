package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;

/**
 * The lengths of a scan, and where things lie in its arrays.
 *
 * @param cell what happens in a step
 * @param examples number of sequences
 * @param steps number of steps
 * @param units number of hidden units
 * @param reverse whether steps are read from the last to the first
 * @param limits where sequences end
 */
record ScanShape(
    RecurrentCell cell, int examples, int steps, int units, boolean reverse, StepLimits limits) {
  /**
   * The lengths of a scan over an input.
   *
   * @param input what the weights make of it [N, T, gates * units]
   */
  static ScanShape of(RecurrentCell cell, Var input, boolean reverse, StepLimits limits) {
    return new ScanShape(
        cell,
        Math.toIntExact(input.size(0)),
        Math.toIntExact(input.size(1)),
        Math.toIntExact(input.size(2) / cell.gates()),
        reverse,
        limits);
  }

  /** Numbers of all gates of an example. */
  int width() {
    return cell.gates() * units;
  }

  /** The position in the sequence of the step that is read at a turn. */
  int time(int turn) {
    return reverse ? steps - 1 - turn : turn;
  }

  /** Where the final hidden state of an example is in what a scan returns. */
  long finalHidden(int example) {
    return ((long) examples * steps + example) * units;
  }

  /** Where the final cell state of an example is in what a scan returns. */
  long finalCell(int example) {
    return finalHidden(examples) + (long) example * units;
  }

  /** Length of what a scan returns. */
  long resultLength() {
    return cell.hasCell() ? finalCell(examples) : finalHidden(examples);
  }

  /** Reads a step of a range of examples from an array [N, T, length]. */
  void read(FloatMemory memory, int first, int time, float[] rows, int length) {
    for (int at = 0; at < rows.length; at += length) {
      memory.read(position(first + at / length, time) * length, rows, at, length);
    }
  }

  /** Writes a step of a range of examples to an array [N, T, length]. */
  void write(FloatMemory memory, int first, int time, float[] rows, int length) {
    for (int at = 0; at < rows.length; at += length) {
      memory.write(position(first + at / length, time) * length, rows, at, length);
    }
  }

  private long position(int example, int time) {
    return (long) example * steps + time;
  }
}
