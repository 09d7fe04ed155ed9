package io.bayes4j.layers.io;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a safetensors file.
 *
 * @param entries by tensor name, in the order of the header
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
  /** The header's key for the metadata, which is why no tensor can have this name. */
  static final String METADATA_KEY = "__metadata__";

  static final String TYPE_KEY = "dtype";
  static final String SHAPE_KEY = "shape";
  static final String OFFSETS_KEY = "data_offsets";

  /** The longest header that readers of the format accept. */
  static final int MOST_BYTES = 100_000_000;

  /** Tensors start at a multiple of this many bytes when the writer can arrange it. */
  static final int ALIGNMENT = 8;

  /**
   * A tensor and its bytes [begin, end), counted from the first byte after the header.
   *
   * @param type as the file names it
   * @param tensor null if there is no array for the type
   */
  record Entry(
      String name,
      Origin origin,
      String type,
      @Nullable StoredTensor tensor,
      long begin,
      long end) {}

  /** Entries by where their bytes lie; an empty tensor comes before its neighbor. */
  List<Entry> inFileOrder() {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    return sorted;
  }

  /**
   * Checks that the tensors cover the data exactly: each byte belongs to one tensor.
   *
   * @param dataLength bytes after the header
   */
  void requireCovering(Origin file, long dataLength) throws MalformedTensorFileException {
    long covered = 0;
    for (Entry entry : inFileOrder()) {
      Origin tensor = entry.origin();
      if (entry.begin() != covered) {
        throw tensor.malformed(
            (entry.begin() < covered ? "overlaps the tensor before it" : "leaves a hole before it")
                + ": data_offsets must begin at "
                + covered
                + ", begin at "
                + entry.begin());
      }
      if (entry.end() > dataLength) {
        throw tensor.malformed(
            "data_offsets must end within the "
                + dataLength
                + " bytes of data, end at "
                + entry.end());
      }
      covered = entry.end();
    }
    if (covered != dataLength) {
      throw file.malformed(
          "the last " + (dataLength - covered) + " bytes of the data belong to no tensor");
    }
  }
}
