package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A phase of batch normalisation on some rows: its arguments, in the order in which they are added.
 *
 * <p>It knows places in memory rather than arrays, because small batches take less time than it
 * takes to make an array for each vector.
 */
final class NormPhase implements AutoCloseable {
  /** Vectors that a phase reads at most. */
  private static final int VECTORS = 4;

  private final WideRows rows;
  private final List<Place> places = new ArrayList<>();
  private final List<INDArray> alive = new ArrayList<>();
  private final INDArray vectors;
  private final FloatMemory vectorMemory;
  private final long vectorAddress;
  private int vectorCount;

  NormPhase(WideRows rows) {
    this.rows = rows;
    this.vectors = Arena.allocate(VECTORS, rows.length());
    this.vectorMemory = FloatMemory.of(vectors, "vectors");
    this.vectorAddress = Plan.address(vectors);
  }

  /**
   * Where an argument lies.
   *
   * @param address of what the first piece takes
   * @param operand what a piece takes, if it had but one row
   * @param rowBytes from a row to the next, or 0
   * @param pieceBytes from what a piece takes to what the next one does, beside its rows
   */
  private record Place(long address, Operand operand, long rowBytes, long pieceBytes) {
    Operand ofLength(long length) {
      return rowBytes == 0 ? operand : operand.withRows(0, length);
    }
  }

  /** The rows of a channels-last array, of which each piece has its part. */
  NormPhase rows(INDArray channelsLast) {
    Operand row = Operand.row(rows.length(), channelsLast.dataType());
    int bytes = row.elementBytes();
    alive.add(channelsLast);
    places.add(
        new Place(
            Plan.address(channelsLast) + rows.first() * rows.channels() * bytes,
            row,
            (long) rows.length() * bytes,
            0));
    return this;
  }

  /**
   * A bit for each element of the array whose rows these are, of which each piece has its part.
   *
   * @param memory of whatever type: what it holds is up to the primitive
   */
  NormPhase bits(INDArray memory) {
    alive.add(memory);
    places.add(
        new Place(
            Plan.address(memory) + rows.first() * rows.channels() / Byte.SIZE,
            Operand.rowMajor(1),
            rows.length() / Byte.SIZE,
            0));
    return this;
  }

  /** A number for each channel. */
  NormPhase channels(float[] numbers) {
    long start = (long) vectorCount * rows.length();
    for (long at = start; at < start + rows.length(); at += numbers.length) {
      vectorMemory.write(at, numbers, numbers.length);
    }
    vectorCount++;
    return at(vectorAddress + start * Float.BYTES, Operand.rowMajor(rows.length()), 0);
  }

  /** A number for all. */
  NormPhase number(INDArray scalar) {
    alive.add(scalar);
    return at(Plan.address(scalar), Operand.rowMajor(1), 0);
  }

  /** What each piece finds. */
  NormPhase finds(PartialSums findings) {
    Operand vector = Operand.rowMajor(rows.length());
    long bytes = (long) rows.length() * Float.BYTES;
    return at(findings.first(), vector, bytes).at(findings.second(), vector, bytes);
  }

  private NormPhase at(long address, Operand operand, long pieceBytes) {
    places.add(new Place(address, operand, 0, pieceBytes));
    return this;
  }

  /** Runs an operation on all pieces. */
  void run(Runner runner, Operation operation, NormPlans.Norm norm) {
    Plan full = hold(runner, operation, norm, rows.grain());
    Plan rest = rows.rest() == 0 ? full : hold(runner, operation, norm, rows.rest());
    try {
      Parallel.forRange(
          rows.count(),
          Math.toIntExact(rows.grain()),
          (from, to) -> {
            try (Plan.Session session = runner.open(to - from == rows.grain() ? full : rest)) {
              for (int i = 0; i < places.size(); i++) {
                Place place = places.get(i);
                long piece = from / rows.grain();
                session.bind(i, place.address + from * place.rowBytes + piece * place.pieceBytes);
              }
              session.run();
            }
          });
    } finally {
      full.release();
      if (rest != full) {
        rest.release();
      }
      Reference.reachabilityFence(alive);
    }
  }

  private Plan hold(Runner runner, Operation operation, NormPlans.Norm norm, long length) {
    return runner.holdForOneThread(
        operation, norm, places.stream().map(place -> place.ofLength(length)).toList());
  }

  @Override
  public void close() {
    Arena.release(vectors);
  }
}
