package io.bayes4j.layers.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads the state dict in a file of {@code torch.save}, without running what is in it. */
final class TorchFile {
  private static final String NO_TENSOR = "no tensor";

  private TorchFile() {}

  /**
   * What a file holds.
   *
   * @param notes on where the state was, and on names that share a tensor
   */
  record Content(TensorFile tensors, List<String> notes) {}

  static Content read(Path file) throws IOException {
    Origin origin = Origin.of(file);
    boolean zip = FileKind.isZip(file);
    try (TorchStorages storages = open(zip, file, origin)) {
      return read(origin, storages);
    } catch (MalformedTensorFileException | FileSystemException e) {
      throw e;
    } catch (ClosedByInterruptException e) {
      throw origin.interrupted(e);
    } catch (IOException e) {
      // Not ZipException alone: a place that is forged shows as a failed seek or an early end.
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw origin.malformed("must be a readable PyTorch file: " + Origin.clean(reason), e);
    }
  }

  private static TorchStorages open(boolean zip, Path file, Origin origin) throws IOException {
    if (!zip) {
      return TorchLegacyFile.open(file, origin);
    }
    try {
      return TorchZipFile.open(file, origin);
    } catch (IllegalArgumentException e) {
      // So says Java of names of entries that are no text.
      throw origin.malformed(
          "must be a readable ZIP file: " + Origin.clean(String.valueOf(e.getMessage())), e);
    }
  }

  private static Content read(Origin origin, TorchStorages storages) throws IOException {
    TorchStateFinder.Found found = TorchStateFinder.in(storages.saved(), origin);
    Map<String, String> types = new LinkedHashMap<>();
    found.tensors().forEach((name, tensor) -> types.put(name, tensor.type()));
    found.others().forEach(name -> types.put(name, NO_TENSOR));
    TorchTensors reader = new TorchTensors(origin, storages);
    Map<String, INDArray> arrays = reader.read(found.tensors());
    List<String> notes = new ArrayList<>();
    if (!found.place().isEmpty()) {
      notes.add("the state dict under " + Origin.quote(found.place()));
    }
    reader.tied().forEach(names -> notes.add("one tensor: " + String.join(" = ", names)));
    return new Content(new TensorFile(arrays, types, Map.of()), notes);
  }
}
