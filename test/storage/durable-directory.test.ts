import { makeDurableDirectory } from '../../src/storage/durable-directory';
import { DeviceFiles } from '../builders/device-files';

test('a directory and its parents are there after a power failure', () => {
  const device = new DeviceFiles(['/mnt']);
  makeDurableDirectory(device.files, '/mnt/kafka/data');
  device.cutPower();
  expect(device.files.statSync('/mnt/kafka/data')?.isDirectory).toBe(true);
});

test('nothing is brought to the device for one that is there', () => {
  const device = new DeviceFiles(['/mnt/data']);
  makeDurableDirectory(device.files, '/mnt/data');
  expect(device.syncs).toEqual([]);
});
