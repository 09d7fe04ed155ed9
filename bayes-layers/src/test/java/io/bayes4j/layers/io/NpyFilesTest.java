package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class NpyFilesTest {
  private static final byte[] SIX = FileBytes.floats(1, 2, 3, 4, 5, 6);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryVersion(int version) throws IOException {
    INDArray array = read(FileBytes.npy(version, FileBytes.npyHeader("<f4", false, "(2, 3)"), SIX));
    assertThat(array).isEqualTo(Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}}));
  }

  @Test
  void readsTheOrderOfFortranIntoTheOrderOfC() throws IOException {
    INDArray array = read(FileBytes.npy(FileBytes.npyHeader("<f4", true, "(2, 3)"), SIX));
    assertThat(array).isEqualTo(Nd4j.createFromArray(new float[][] {{1, 3, 5}, {2, 4, 6}}));
    assertThat(array.ordering()).isEqualTo('c');
    assertThat(array.data().asFloat()).containsExactly(1, 3, 5, 2, 4, 6);
  }

  @Test
  void readsEachTypeIntoItsArray() throws IOException {
    assertReads("<f8", FileBytes.doubles(-1.25, 3), Nd4j.createFromArray(-1.25, 3));
    assertReads("<f4", FileBytes.floats(-1.25f, 3), Nd4j.createFromArray(-1.25f, 3f));
    assertReads("<f2", FileBytes.shorts(0xbd00, 0x4200), Nd4j.createFromArray(-1.25f, 3f));
    assertReads("<i8", FileBytes.longs(-1, 1L << 40), Nd4j.createFromArray(-1L, 1L << 40));
    assertReads("<i4", FileBytes.ints(-1, 1 << 30), Nd4j.createFromArray(-1, 1 << 30));
    assertReads("|i1", new byte[] {-128, 127}, Nd4j.createFromArray(new byte[] {-128, 127}));
    assertReads("|u1", new byte[] {-1, 1}, Nd4j.createFromArray(255, 1).castTo(DataType.UINT8));
    assertReads("|b1", new byte[] {1, 0}, Nd4j.createFromArray(true, false));
  }

  @Test
  void readsScalarsAndEmptyArrays() throws IOException {
    for (boolean fortran : new boolean[] {false, true}) {
      INDArray scalar =
          read(FileBytes.npy(FileBytes.npyHeader("<f4", fortran, "()"), FileBytes.floats(7)));
      assertThat(scalar.rank()).isZero();
      assertThat(scalar.getFloat(0)).isEqualTo(7);
      INDArray empty = read(FileBytes.npy(FileBytes.npyHeader("<f4", fortran, "(2, 0)")));
      assertThat(empty.shape()).containsExactly(2, 0);
    }
  }

  @Test
  void readsHeadersOfOtherWriters() throws IOException {
    INDArray array = read(FileBytes.npy("{'shape':(6,),'fortran_order':False,'descr':'<f4'}", SIX));
    assertThat(array.shape()).containsExactly(6);
    array =
        read(
            FileBytes.npy(
                "{ 'descr' : '<f4' , 'shape' : ( 3 , 2 , ) , 'fortran_order' : False }  \n", SIX));
    assertThat(array.shape()).containsExactly(3, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsArchivesInTheirOrder(int method) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("z/kernel:0.npy", FileBytes.npy(FileBytes.npyHeader("<f4", false, "(6,)"), SIX));
    files.put("a.npy", FileBytes.npy(FileBytes.npyHeader("<i4", false, "()"), FileBytes.ints(3)));
    Map<String, INDArray> arrays = NpyFiles.readNpz(write(FileBytes.zip(method, files)));
    assertThat(arrays.keySet()).containsExactly("z/kernel:0", "a");
    assertThat(arrays.get("z/kernel:0")).isEqualTo(Nd4j.createFromArray(1f, 2f, 3f, 4f, 5f, 6f));
    assertThat(arrays.get("a").getInt(0)).isEqualTo(3);
    assertThatThrownBy(arrays::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void readsAnArchiveInItsFormForLargeFiles() throws IOException {
    byte[] npy = FileBytes.npy(FileBytes.npyHeader("<f4", false, "(6,)"), SIX);
    byte[] zip = FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", npy));
    Map<String, INDArray> arrays = NpyFiles.readNpz(write(FileBytes.zip64(zip, 1, 0)));
    assertThat(arrays.get("a")).isEqualTo(Nd4j.createFromArray(1f, 2f, 3f, 4f, 5f, 6f));
  }

  @Test
  void readsAnArchiveLongerThanTheCopyingBuffer() throws IOException {
    float[] ramp = new float[200_000];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i;
    }
    byte[] npy =
        FileBytes.npy(FileBytes.npyHeader("<f4", false, "(200000,)"), FileBytes.floats(ramp));
    byte[] zip = FileBytes.zip(ZipEntry.DEFLATED, Map.of("ramp.npy", npy));
    INDArray array = NpyFiles.readNpz(write(zip)).get("ramp");
    assertThat(array.data().asFloat()).isEqualTo(ramp);
  }

  @Test
  void namesAFileThatIsMissingOrAFolder() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> NpyFiles.readNpy(missing)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> NpyFiles.readNpz(missing))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> NpyFiles.readNpy(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(folder + ": is a folder, not a NumPy file");
    assertThatThrownBy(() -> NpyFiles.readNpz(folder))
        .hasMessage(folder + ": is a folder, not a NumPy file");
  }

  private void assertReads(String type, byte[] data, INDArray expected) throws IOException {
    INDArray array = read(FileBytes.npy(FileBytes.npyHeader(type, false, "(2,)"), data));
    assertThat(array.dataType()).isEqualTo(expected.dataType());
    assertThat(array).isEqualTo(expected);
  }

  private INDArray read(byte[] bytes) throws IOException {
    return NpyFiles.readNpy(write(bytes));
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("array"), bytes);
  }
}
