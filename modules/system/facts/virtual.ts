import type { Printed } from './host.ts';

/** Vendors whose machines are KVM guests, by the DMI name of the maker. */
const KVM_VENDORS = ['QEMU', 'Amazon EC2', 'DigitalOcean', 'Google', 'Scaleway', 'Nutanix', 'KVM', 'Hetzner', 'UpCloud'];

/** virtualization_type, _role, _tech_guest, _tech_host. */
export function virtualFacts(printed: Printed): Record<string, unknown> {
  const marks = printed.lines('virtual');
  const guests = new Set<string>();
  const found: { type: string; role: string }[] = [];
  const guest = (type: string) => {
    guests.add(type);
    found.push({ type, role: 'guest' });
  };
  for (const type of containers(printed, marks)) guest(type);
  if (guests.size > 0) guests.add('container');
  const xenHost = printed.file('/proc/xen/capabilities').some((line) => line.includes('control_d'));
  if (marks.includes('xen') || printed.first('/sys/hypervisor/type') === 'xen') {
    if (xenHost) found.push({ type: 'xen', role: 'host' });
    else guest('xen');
  }
  for (const type of machine(printed, marks)) guest(type);
  const hosts = [...(xenHost ? ['xen'] : []), ...(marks.includes('kvm') ? ['kvm'] : [])];
  if (found.length === 0 && marks.includes('kvm')) found.push({ type: 'kvm', role: 'host' });
  const { type, role } = found[0] ?? { type: 'NA', role: 'NA' };
  return { virtualization_type: type, virtualization_role: role, virtualization_tech_guest: [...guests].sort(), virtualization_tech_host: hosts };
}

function containers(printed: Printed, marks: readonly string[]): string[] {
  const found: string[] = [];
  const groups = printed.file('/proc/1/cgroup').join('\n');
  if (/\/docker(\/|-[0-9a-f]+\.scope)/.test(groups)) found.push('docker');
  if (/\/lxc\/|\/machine\.slice\/machine-lxc/.test(groups)) found.push('lxc');
  if (/\/system\.slice\/containerd\.service/.test(groups)) found.push('containerd');
  const declared = marks.find((line) => line.startsWith('container='))?.slice('container='.length);
  if (declared === 'lxc' || declared === 'podman') found.push(declared);
  else if (declared !== undefined) found.push('container');
  const systemd = printed.first('/run/systemd/container');
  if (systemd !== undefined) found.push(systemd);
  if (marks.includes('dockerenv')) found.push('docker');
  return found;
}

function machine(printed: Printed, marks: readonly string[]): string[] {
  const dmi = (name: string) => printed.first(`/sys/class/dmi/id/${name}`) ?? '';
  const [product, vendor, bios, family] = [dmi('product_name'), dmi('sys_vendor'), dmi('bios_vendor'), dmi('product_family')];
  const found: string[] = [];
  if (['KVM', 'KVM Server', 'Bochs', 'AHV'].includes(product)) found.push('kvm');
  if (vendor === 'oVirt') found.push('oVirt');
  if (vendor === 'Red Hat') found.push(family === 'RHV' ? 'RHV' : product === 'RHEV Hypervisor' ? 'RHEV' : 'kvm');
  if (product.startsWith('VMware')) found.push('VMware');
  if (['OpenStack Compute', 'OpenStack Nova'].includes(product) || vendor === 'OpenStack Foundation') found.push('openstack');
  if (bios === 'Xen') found.push('xen');
  if (bios === 'innotek GmbH') found.push('virtualbox');
  if (['Amazon EC2', 'DigitalOcean', 'Hetzner'].includes(bios) || KVM_VENDORS.includes(vendor)) found.push('kvm');
  if (vendor === 'Microsoft Corporation') found.push('VirtualPC');
  if (vendor.startsWith('Parallels')) found.push('parallels');
  if (marks.some((line) => line.startsWith('model name'))) found.push('kvm');
  if (marks.some((line) => line.startsWith('vendor_id'))) found.push(printed.file('/proc/sysinfo').length > 0 ? 'PR/SM' : 'uml');
  return found;
}
