/** The chart that is on the page, as a PNG of twice its size. */
const SCALE = 2;

export async function chartPicture(): Promise<Blob> {
  const drawing = document.querySelector<SVGSVGElement>('[data-chart] svg');
  if (!drawing) throw new Error('there is no chart on this page');
  const { width, height } = drawing.getBoundingClientRect();
  const text = new XMLSerializer().serializeToString(drawing);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser draws no pictures');
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--panel');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('the picture could not be made'))), 'image/png');
  });
}
