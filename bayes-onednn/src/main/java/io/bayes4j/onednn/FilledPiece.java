package io.bayes4j.onednn;

import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies of the rows of the last piece of an operation, filled up with zeros to as many rows as a
 * kernel takes.
 */
final class FilledPiece {
  private final Pieces pieces;
  private final long from;
  private final long[] addresses;

  /** Null for an argument that is whole. */
  private final INDArray[] copies;

  /**
   * Copies what arguments hold.
   *
   * @param from first row of the piece
   * @param addresses where the whole arguments start
   */
  FilledPiece(Pieces pieces, long from, long... addresses) {
    this.pieces = pieces;
    this.from = from;
    this.addresses = addresses;
    this.copies = new INDArray[addresses.length];
    long rows = pieces.rows() - from;
    for (int i = 0; i < copies.length; i++) {
      if (pieces.isCut(i)) {
        long full = pieces.padded(rows) * pieces.rowBytes(i);
        long bytes = rows * pieces.rowBytes(i);
        copies[i] = Arena.allocate((full + Float.BYTES - 1) / Float.BYTES);
        Address.copy(place(i), Plan.address(copies[i]), bytes);
        Address.clear(Plan.address(copies[i]) + bytes, full - bytes);
      }
    }
  }

  private long place(int argument) {
    return addresses[argument] + pieces.offset(argument, from);
  }

  /** Where an argument of the piece starts. */
  long address(int argument) {
    return copies[argument] == null ? place(argument) : Plan.address(copies[argument]);
  }

  /** Copies the result, which is the last argument, to where it belongs. */
  void finish() {
    int result = copies.length - 1;
    long bytes = (pieces.rows() - from) * pieces.rowBytes(result);
    Address.copy(Plan.address(copies[result]), place(result), bytes);
  }

  /** Gives the copies back. */
  void release() {
    for (INDArray copy : copies) {
      if (copy != null) {
        Arena.release(copy);
      }
    }
  }
}
