package io.bayes4j.layers.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Tensor files put together byte by byte, well formed or not. */
final class FileBytes {
  private FileBytes() {}

  static byte[] safeTensors(String header, byte... data) {
    return safeTensors(header.getBytes(StandardCharsets.UTF_8), data);
  }

  static byte[] safeTensors(byte[] header, byte... data) {
    return safeTensors(header.length, header, data);
  }

  static byte[] safeTensors(long declaredLength, byte[] header, byte... data) {
    return ByteBuffer.allocate(Long.BYTES + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(declaredLength)
        .put(header)
        .put(data)
        .array();
  }

  static byte[] npy(String header, byte... data) {
    return npy(1, header, data);
  }

  static byte[] npy(int version, String header, byte... data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) version).put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text).put(data).flip();
    return remaining(bytes);
  }

  /** The header as NumPy writes it. */
  static String npyHeader(String type, boolean fortran, String shape) {
    return String.format(
        Locale.US,
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n",
        type,
        fortran ? "True" : "False",
        shape);
  }

  static byte[] zip(int method, Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        CRC32 sum = new CRC32();
        sum.update(file.getValue());
        entry.setMethod(method);
        entry.setSize(file.getValue().length);
        entry.setCrc(sum.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Replaces the end of a ZIP file by its ZIP64 form, whose numbers are given. */
  static byte[] zip64(byte[] zip, long entries, long extraLength) {
    int endBytes = 22;
    ByteBuffer bytes = ByteBuffer.allocate(zip.length + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
    int start = zip.length - endBytes;
    ByteBuffer end = ByteBuffer.wrap(zip, start, endBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(zip, 0, start);
    bytes.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
    bytes.putInt(0).putInt(0).putLong(entries).putLong(entries);
    bytes.putLong(end.getInt(start + 12) + extraLength).putLong(end.getInt(start + 16));
    bytes.putInt(0x07064b50).putInt(0).putLong(start).putInt(1);
    bytes.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
    return bytes.array();
  }

  static byte[] floats(float... values) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    littleEndian(bytes).asFloatBuffer().put(values);
    return bytes;
  }

  static byte[] ints(int... values) {
    byte[] bytes = new byte[values.length * Integer.BYTES];
    littleEndian(bytes).asIntBuffer().put(values);
    return bytes;
  }

  static byte[] longs(long... values) {
    byte[] bytes = new byte[values.length * Long.BYTES];
    littleEndian(bytes).asLongBuffer().put(values);
    return bytes;
  }

  static byte[] doubles(double... values) {
    byte[] bytes = new byte[values.length * Double.BYTES];
    littleEndian(bytes).asDoubleBuffer().put(values);
    return bytes;
  }

  static byte[] shorts(int... values) {
    byte[] bytes = new byte[values.length * Short.BYTES];
    ByteBuffer buffer = littleEndian(bytes);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return bytes;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] remaining(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
